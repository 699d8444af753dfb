-- What finding passages cost at hosted models: the question's embedding, and reranking. It is part of
-- cost_usd where that is known; nothing is known of questions from before.
alter table question add column finding_usd numeric;
alter table past_questions add column finding_usd numeric not null default 0;
