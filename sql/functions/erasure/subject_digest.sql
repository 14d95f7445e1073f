begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- What a tombstone says of whose data were erased: nothing, to whoever has not the receipt.
create function bookingdb.subject_digest(p_receipt uuid, p_email text)
returns bytea
language sql
immutable
begin atomic
  select sha256(uuid_send(p_receipt) || convert_to(lower(p_email), 'UTF8'));
end;
comment on function bookingdb.subject_digest is 'What a tombstone says of whose data were erased.';

commit;
