-- A rollback takes one checkpoint out and puts another in by one statement, in which there are two
-- for a moment: the rule holds at the end of the transaction.
drop index checkpoint_in_force;
alter table checkpoint
    add constraint checkpoint_in_force
    exclude using btree (kb with =, state with =) where (state in ('canary', 'active'))
    deferrable initially deferred;
