-- Where in a chunk's text each further page begins, so that a quote is cited by its own page.
alter table chunk add column page_breaks integer[] not null default '{}';
