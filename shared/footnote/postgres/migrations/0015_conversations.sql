-- Questions that follow on others.

alter table question
    -- What a question leans on that was said before it; empty where it stands alone.
    add column about text not null default '',
    -- Whose conversation it is; null without keys, and for what was asked before.
    add column key_id text;

-- Finds a conversation's latest turns, and all that is to be deleted of one.
create index question_by_conversation on question (kb, conversation_id, asked_at);
