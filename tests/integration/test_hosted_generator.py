"""The hosted generator against a simulated endpoint."""

import time
from collections.abc import Iterator

import pytest

from footnote.domain.answer import Usage
from footnote.domain.errors import ModelRefusedError, ModelUnavailableError
from footnote.domain.prompt import Completion, Prompt
from footnote.generation.hosted import HostedGenerator
from tests.asking import a_model
from tests.openai_test_server import ChatReply, Json, OpenAITestServer, body, status, trickle

pytestmark = pytest.mark.integration

PROMPT = Prompt(system="Use the passages.", user="[1] text\n\nWhy?", question="Why?", passages=())


@pytest.fixture
def server() -> Iterator[OpenAITestServer]:
    with OpenAITestServer() as server:
        yield server


def generator(server: OpenAITestServer, model: str = "test-model") -> HostedGenerator:
    return HostedGenerator(a_model(model, server.base_url), api_key="")


def test_the_prompt_goes_out_as_system_and_user_message(server: OpenAITestServer) -> None:
    def reply(request: Json) -> ChatReply:
        roles = [(message["role"], message["content"]) for message in request["messages"]]
        assert roles == [("system", PROMPT.system), ("user", PROMPT.user)]
        return ChatReply(text="Because. [1]")

    server.chat = reply
    completion = generator(server).generate(PROMPT, deadline_s=10)
    assert completion.text == "Because. [1]"
    assert completion.usage == Usage(input_tokens=6, output_tokens=2)
    assert not completion.truncated


def test_an_answer_that_ran_out_of_tokens_is_marked(server: OpenAITestServer) -> None:
    server.chat = lambda _: ChatReply(text="Because the", finish_reason="length")
    assert generator(server).generate(PROMPT, deadline_s=10).truncated


def test_output_is_bounded_and_as_repeatable_as_the_model_allows(server: OpenAITestServer) -> None:
    generator(server).generate(PROMPT, deadline_s=10)
    assert server.requests[0].body["temperature"] == 0
    assert server.requests[0].body["max_tokens"] == 1024


def test_a_model_that_refuses_parameters_is_asked_without_them_from_then_on(
    server: OpenAITestServer,
) -> None:
    server.refused_parameters = frozenset({"temperature", "max_tokens"})
    hosted = generator(server)
    hosted.generate(PROMPT, deadline_s=10)
    asked = len(server.requests)
    hosted.generate(PROMPT, deadline_s=10)
    assert len(server.requests) == asked + 1
    assert server.requests[-1].body["max_completion_tokens"] == 1024
    assert "temperature" not in server.requests[-1].body


def test_a_parameter_that_was_not_sent_cannot_be_refused_for_ever(
    server: OpenAITestServer,
) -> None:
    server.faults.extend([status(400, message="bad temperature")] * 9)
    with pytest.raises(ModelRefusedError, match="bad temperature"):
        generator(server).generate(PROMPT, deadline_s=10)
    assert len(server.requests) == 2


@pytest.mark.parametrize("text", [None, "", "  \n"])
def test_an_empty_answer_is_refused_with_its_reason(
    server: OpenAITestServer, text: str | None
) -> None:
    server.chat = lambda _: ChatReply(text=text, finish_reason="content_filter")
    with pytest.raises(ModelRefusedError, match="content_filter"):
        generator(server).generate(PROMPT, deadline_s=10)


@pytest.mark.parametrize("content", [b'{"choices": []}', b'{"choices": "?"}', b"not json"])
def test_a_reply_of_another_form_is_refused(server: OpenAITestServer, content: bytes) -> None:
    server.faults.append(body(content))
    with pytest.raises(ModelRefusedError):
        generator(server).generate(PROMPT, deadline_s=10)


def test_a_reply_without_usage_counts_as_zero_tokens(server: OpenAITestServer) -> None:
    server.faults.append(body(b'{"choices": [{"message": {"content": "Yes."}}]}'))
    assert generator(server).generate(PROMPT, deadline_s=10).usage == Usage()


def test_an_overloaded_model_is_unavailable(server: OpenAITestServer) -> None:
    server.faults.extend([status(529)] * 2)
    with pytest.raises(ModelUnavailableError, match="529"):
        generator(server).generate(PROMPT, deadline_s=10)


def test_the_deadline_holds_against_a_trickling_reply(server: OpenAITestServer) -> None:
    hosted = generator(server)
    hosted.generate(PROMPT, deadline_s=60)  # imports the client
    server.faults.append(trickle)
    began = time.monotonic()
    with pytest.raises(ModelUnavailableError):
        hosted.generate(PROMPT, deadline_s=0.3)
    assert time.monotonic() - began < 1.0


def test_an_unknown_model_is_named_by_its_setting(server: OpenAITestServer) -> None:
    with pytest.raises(ModelRefusedError, match="FOOTNOTE_GENERATION_MODEL"):
        generator(server, model="unheard-of").generate(PROMPT, deadline_s=10)


def test_a_question_with_broken_characters_still_reaches_the_model(
    server: OpenAITestServer,
) -> None:
    prompt = Prompt(system="s", user="broken \ud83d here", question="q", passages=())
    assert "broken ? here" in generator(server).generate(prompt, deadline_s=10).text


def pieces(hosted: HostedGenerator) -> list[str | Completion]:
    return list(hosted.stream(PROMPT, deadline_s=10))


def test_a_stream_that_keeps_coming_is_heard_to_its_end(server: OpenAITestServer) -> None:
    server.chat = lambda _: ChatReply(text="word " * 40, pause_s=0.1)
    *_, whole = generator(server).stream(PROMPT, deadline_s=3, most_s=60)
    assert isinstance(whole, Completion)
    assert (whole.text.count("word"), whole.truncated) == (40, False)


def test_a_stream_that_comes_for_too_long_is_cut_off_and_what_there_is_counts(
    server: OpenAITestServer,
) -> None:
    server.chat = lambda _: ChatReply(text="word " * 400, pause_s=0.05)
    *_, whole = generator(server).stream(PROMPT, deadline_s=2, most_s=2.5)
    assert isinstance(whole, Completion)
    assert 0 < whole.text.count("word") < 400
    assert whole.truncated


def test_a_stream_gives_pieces_and_then_the_whole_with_its_usage(
    server: OpenAITestServer,
) -> None:
    server.chat = lambda _: ChatReply(text="Because it is. [1]")
    *told, whole = pieces(generator(server))
    assert told == ["Becaus", "e", " it", " is.", " [1]"]
    assert whole == Completion(
        text="Because it is. [1]", usage=Usage(input_tokens=6, output_tokens=4), truncated=False
    )
    assert server.requests[0].body["stream_options"] == {"include_usage": True}


def test_a_stream_that_ran_out_of_tokens_is_marked(server: OpenAITestServer) -> None:
    server.chat = lambda _: ChatReply(text="Because the", finish_reason="length")
    whole = pieces(generator(server))[-1]
    assert isinstance(whole, Completion)
    assert whole.truncated


def test_an_empty_stream_is_refused_with_its_reason(server: OpenAITestServer) -> None:
    server.chat = lambda _: ChatReply(text="", finish_reason="content_filter")
    with pytest.raises(ModelRefusedError, match="content_filter"):
        pieces(generator(server))


def test_what_a_model_refuses_is_left_out_of_its_streams_from_then_on(
    server: OpenAITestServer,
) -> None:
    server.refused_parameters = frozenset({"temperature", "stream_options"})
    hosted = generator(server)
    pieces(hosted)
    asked = len(server.requests)
    pieces(hosted)
    assert len(server.requests) == asked + 1
    assert not {"temperature", "stream_options"} & server.requests[-1].body.keys()
