begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Whether a tombstone is of the customer with this e-mail, shown by the receipt that
-- erase_customer() gave out: SHA-256 of its 16 bytes and the e-mail in lower case is the
-- tombstone's subject_digest. False when there is no such tombstone, and for NULL.
create function bookingdb.is_erasure_of(
  p_erasure_id uuid,
  p_receipt uuid,
  p_email text,
  p_business_id uuid default bookingdb.default_business_id()
)
returns boolean
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  return exists (
    select from bookingdb.erasures e
     where e.business_id = p_business_id
       and e.erasure_id = p_erasure_id
       and e.subject_digest = bookingdb.subject_digest(p_receipt, p_email)
  );
end $$;
comment on function bookingdb.is_erasure_of is 'Whether a tombstone is of a customer, shown by the receipt.';

commit;
