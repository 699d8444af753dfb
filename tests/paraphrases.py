"""Questions as customers of a made-up router put them: each row asks one thing in several ways.

Rows that stand beside each other are about the same thing and ask something else of it.
"""

PARAPHRASES: tuple[tuple[str, ...], ...] = (
    (
        "How do I reset my password?",
        "I forgot my password, how can I get a new one?",
        "password reset how?",
        "What do I do to reset a lost password?",
    ),
    (
        "How long must a password be?",
        "What is the minimum length of a password?",
        "How many characters does my password need?",
    ),
    (
        "How do I cancel my subscription?",
        "I want to cancel my subscription",
        "Where can I end my subscription?",
        "cancel subscription please",
    ),
    (
        "How do I upgrade my subscription?",
        "How can I switch to a bigger subscription plan?",
        "Can I upgrade my subscription to a larger plan?",
    ),
    (
        "What does the router cost?",
        "How much is the router?",
        "What is the price of the router?",
        "router price",
    ),
    (
        "Which ports does the router have?",
        "What ports are on the router?",
        "How many ports does the router have?",
    ),
    (
        "How do I update the firmware of the router?",
        "How can I install new firmware on the router?",
        "router firmware update instructions",
        "What are the steps to upgrade the router's firmware?",
    ),
    (
        "How do I roll back the firmware to an older version?",
        "Can I downgrade the firmware?",
        "How can I go back to the previous firmware version?",
    ),
    (
        "Do you ship to Switzerland?",
        "Is delivery to Switzerland possible?",
        "Can I have it delivered to Switzerland?",
        "shipping to Switzerland?",
    ),
    (
        "How long does delivery take?",
        "When will my delivery arrive?",
        "What is the delivery time?",
    ),
    (
        "Can I get a refund?",
        "How do I get my money back?",
        "What is your refund policy?",
        "I would like a refund",
    ),
    (
        "Where do I find my invoice?",
        "How can I download my invoice?",
        "Where can I get a copy of my invoice?",
    ),
    (
        "Does the app work offline?",
        "Can I use the app without an internet connection?",
        "Is there an offline mode in the app?",
    ),
    (
        "Is there an app for Android?",
        "Can I install the app on Android?",
        "Do you have an Android app?",
    ),
    (
        "Who founded the company?",
        "Who is the founder of the company?",
        "Who started this company?",
    ),
    (
        "How many people work for the company?",
        "How many employees does the company have?",
        "What is the number of employees of the company?",
    ),
    (
        "How do I connect a printer?",
        "How can I connect my printer?",
        "What do I have to do to set up a printer?",
    ),
    (
        "Why is my wifi so slow?",
        "My wifi is very slow, why?",
        "What can I do about slow wifi?",
    ),
    (
        "What is the range of the wifi?",
        "How far does the wifi signal reach?",
        "How many metres does the wifi range cover?",
    ),
    (
        "Can I pay by invoice?",
        "Is payment by invoice possible?",
        "Do you accept payment on invoice?",
    ),
)
