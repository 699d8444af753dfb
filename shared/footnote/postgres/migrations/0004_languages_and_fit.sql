-- What search knows of an index beyond its chunks.

alter table search_index
    -- The languages that its documents' words were stemmed in: a question is stemmed in each.
    add column languages text[] not null default '{english}',
    -- What was fitted to this index on a question set; null where the defaults are used.
    add column fusion_weights real[] check (array_length(fusion_weights, 1) = 3),
    add column calibration real[] check (array_length(calibration, 1) = 5);
