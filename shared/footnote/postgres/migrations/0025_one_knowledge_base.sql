-- What is done for one knowledge base sees and writes the rows of that one, whatever a query asks:
-- it runs as a role that owns nothing (postgres/reader.py makes it), under these policies.

-- Of no knowledge base where none is set: then nothing is seen. What a transaction had set is '',
-- not null, once it has ended.
create function current_kb() returns text
    language sql stable parallel safe
    return nullif(current_setting('footnote.kb', true), '');

do $$
declare
    name text;
begin
    foreach name in array array[
        'knowledge_base', 'search_index', 'document', 'document_history', 'indexed_document',
        'chunk', 'chunk_search', 'term_frequency', 'route', 'route_step', 'question', 'model_call',
        'recall_check', 'kept_answer', 'kept_citation', 'feedback', 'unanswered_cluster',
        'unanswered_question', 'past_questions', 'past_calls', 'visit', 'query_adapter',
        'golden_question', 'golden_answer', 'classifier_checkpoint', 'active_classifier', 'dataset',
        'dataset_row', 'dataset_row_source', 'fine_tuning_job', 'fine_tuning_event', 'checkpoint'
    ] loop
        execute format('alter table %I enable row level security', name);
        execute format(
            'create policy one_knowledge_base on %I to footnote_reader'
            ' using (kb = current_kb()) with check (kb = current_kb())', name
        );
    end loop;
end $$;

-- Under a policy the planner may use no index for what might tell of a row that it hides: neither
-- `&&` of arrays nor the distance of vectors is declared safe. So the reader has no right to the
-- table; it reads this view, which the planner takes apart and puts into the query.
create view searchable_chunk as
    select * from chunk_search where kb = current_kb();

grant select on
    knowledge_base, search_index, document, document_history, indexed_document, chunk,
    searchable_chunk, term_frequency, embedding_model, question, model_call, recall_check,
    kept_answer, kept_citation, feedback, unanswered_cluster, unanswered_question, past_questions,
    past_calls, query_adapter, golden_question, golden_answer, classifier_checkpoint,
    active_classifier
to footnote_reader;
-- Asking writes the ledger, keeps answers and checks of the recall, and gathers what was declined;
-- people give feedback and have their questions forgotten.
grant insert on
    question, model_call, recall_check, kept_answer, kept_citation, feedback, unanswered_cluster,
    unanswered_question, past_questions, past_calls, golden_question, golden_answer
to footnote_reader;
grant delete on
    question, recall_check, kept_answer, unanswered_cluster, unanswered_question, golden_question,
    golden_answer
to footnote_reader;
grant update on
    unanswered_cluster, past_questions, past_calls, golden_question, golden_answer
to footnote_reader;
grant update (rating, comment, correction, given_at) on feedback to footnote_reader;
grant insert (kb, persona, answer_format, cache_answers),
      update (persona, answer_format, cache_answers) on knowledge_base to footnote_reader;
-- To lock rows: of documents that an answer cites, of answers that make room and of questions that
-- are forgotten. What is written there stays what it was.
grant update (kb) on document, kept_answer, question to footnote_reader;
