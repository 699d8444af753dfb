import pytest

from footnote.retrieval.terms import both_counts, pair_counts, term_counts


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("backups are running", {"backup", "run"}),
        ("max_tokens_to_sample", {"max_tokens_to_sample", "max", "token", "sampl"}),
        ("ORA-00942", {"ora-00942", "ora", "00942"}),
        ("HTTPServer", {"httpserver", "http", "server"}),
        ("v2.1.3", {"v2.1.3", "v2", "1", "3"}),
        ("/etc/nginx.conf", {"etc/nginx.conf", "etc", "nginx", "conf"}),
        ("the user's", {"user"}),
        ("don\u2019t", {"don"}),
        ("résumé", {"résumé"}),
        ("", set()),
        ("\ufb01le", {"file"}),
    ],
)
def test_words_are_stemmed_and_identifiers_split_as_well_as_kept(
    text: str, terms: set[str]
) -> None:
    assert set(term_counts(text)) == terms


def test_terms_are_counted() -> None:
    assert term_counts("Pods and pods, a pod")["pod"] == 3


def test_the_target_of_a_link_is_no_part_of_what_is_read() -> None:
    counts = term_counts('see [the guide](https://docs.example.com/a_(b).html "Title") now')
    assert set(counts) == {"see", "guid", "now"}


def test_a_term_has_a_bounded_length() -> None:
    assert max(map(len, term_counts("x" * 10_000))) <= 64


def test_words_are_stemmed_as_in_their_language() -> None:
    assert set(term_counts("die H\u00e4user der Stadt", language="german")) == {"haus", "stadt"}
    assert set(term_counts("les maisons", language="french")) == {"maison"}


def test_scripts_without_spaces_become_pairs_of_signs() -> None:
    assert set(term_counts("\u91cd\u7f6e\u8def\u7531\u5668 v2")) == {
        "\u91cd\u7f6e",
        "\u7f6e\u8def",
        "\u8def\u7531",
        "\u7531\u5668",
        "v2",
    }
    assert set(term_counts("\u732b")) == {"\u732b"}


def test_words_side_by_side_are_pairs_whatever_small_words_stand_between() -> None:
    assert pair_counts("the default of the namespace, default namespaces") == {
        ("default", "namespac"): 2,
        ("namespac", "default"): 1,
    }
    assert not pair_counts("backup")


def test_a_text_that_is_read_once_has_the_same_terms_and_pairs() -> None:
    text = "The gateway's max_retries of v2 in [a guide](https://a.example/b) \u91cd\u7f6e, again"
    assert both_counts(text) == (term_counts(text), pair_counts(text))
    assert "gateway" in term_counts(text)
