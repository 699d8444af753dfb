"""Bodies in the form of Bedrock's agent runtime, as far as it means something here.

Source: service model `bedrock-agent-runtime` 2023-07-26. What would change an answer and is not
done is refused with what to do instead; how a model of Bedrock is to be driven is ignored.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_camel

from footnote.http.bedrock.filters import in_our_form
from footnote.http.contracts import KnowledgeBase, Words
from footnote.http.filters import FilterBody
from footnote.http.text import Text

_PREFIX = "footnote:"


class _Refused:
    """Takes nothing, and says why."""

    def __init__(self, why: str) -> None:
        self._why = why

    def __call__(self, value: Any) -> None:
        if value is not None:
            raise ValueError(self._why)


type _NoGuardrail = Annotated[
    None,
    BeforeValidator(
        _Refused("guardrails of Bedrock are not applied; every sentence is checked as it is")
    ),
]
type _NoUser = Annotated[
    None,
    BeforeValidator(
        _Refused("access is not checked by user; use a key for what a user may see, or a filter")
    ),
]
type _NoPrompt = Annotated[
    None,
    BeforeValidator(
        _Refused("prompts are not taken; persona and answer_format of the settings say how")
    ),
]
type _NoReranking = Annotated[
    None,
    BeforeValidator(_Refused("a deployment reranks for all, by its setting RerankBaseUrl")),
]
type _NoImplicitFilter = Annotated[
    None, BeforeValidator(_Refused("no filter is made of a question; give a filter"))
]
type _NoManagedSearch = Annotated[
    None, BeforeValidator(_Refused("this is no managed one; use vectorSearchConfiguration"))
]
type _NoImage = Annotated[None, BeforeValidator(_Refused("a question is text"))]
type _NoOwnKey = Annotated[
    None, BeforeValidator(_Refused("sessions are kept in the deployment's own database"))
]
type _NoOtherSource = Annotated[
    None, BeforeValidator(_Refused("documents come from a knowledge base, not with the question"))
]
type _Filter = Annotated[FilterBody, BeforeValidator(in_our_form)]


def _knowledge_base(value: Any) -> Any:
    """Without the prefix that makes a short name as long as clients insist on."""
    return value.removeprefix(_PREFIX) if isinstance(value, str) else value


KnowledgeBaseName = Annotated[KnowledgeBase, BeforeValidator(_knowledge_base)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, alias_generator=to_camel)


class VectorSearch(_Body):
    """How passages are found; by words and meaning together, whatever type of search is named."""

    number_of_results: Annotated[int, Field(ge=1, le=100)] | None = None
    filter: _Filter | None = None
    override_search_type: Literal["HYBRID", "SEMANTIC"] | None = None
    implicit_filter_configuration: _NoImplicitFilter = None
    reranking_configuration: _NoReranking = None


class Retrieval(_Body):
    """The same, one level up."""

    vector_search_configuration: VectorSearch = VectorSearch()
    managed_search_configuration: _NoManagedSearch = None


class RetrievalQuery(_Body):
    """The question."""

    text: Words
    type: Literal["TEXT"] = "TEXT"
    image: _NoImage = None


class RetrieveBody(_Body):
    """`Retrieve`."""

    retrieval_query: RetrievalQuery
    retrieval_configuration: Retrieval = Retrieval()
    next_token: Annotated[Text, StringConstraints(max_length=100)] | None = None
    guardrail_configuration: _NoGuardrail = None
    user_context: _NoUser = None


class Generation(_Body):
    """How a model of Bedrock would be driven: here the route of the knowledge base says that."""

    guardrail_configuration: _NoGuardrail = None
    prompt_template: _NoPrompt = None
    inference_config: Any = None
    performance_config: Any = None
    additional_model_request_fields: Any = None


class Orchestration(_Body):
    """How a question would be prepared by a model; here none is asked for that."""

    prompt_template: _NoPrompt = None
    inference_config: Any = None
    performance_config: Any = None
    additional_model_request_fields: Any = None
    query_transformation_configuration: Any = None


class OfKnowledgeBase(_Body):
    """What is asked, and how; `modelArn` is ignored."""

    knowledge_base_id: KnowledgeBaseName
    model_arn: Any = None
    retrieval_configuration: Retrieval = Retrieval()
    generation_configuration: Generation = Generation()
    orchestration_configuration: Orchestration = Orchestration()


class Configuration(_Body):
    """The only type that there is."""

    type: Literal["KNOWLEDGE_BASE"]
    knowledge_base_configuration: OfKnowledgeBase
    external_sources_configuration: _NoOtherSource = None


class Input(_Body):
    """The question."""

    text: Words


class GenerateBody(_Body):
    """`RetrieveAndGenerate`; a session is a conversation."""

    input: Input
    retrieve_and_generate_configuration: Configuration
    session_id: Annotated[Text, StringConstraints(min_length=2, max_length=100)] | None = None
    session_configuration: _NoOwnKey = None
    user_context: _NoUser = None
