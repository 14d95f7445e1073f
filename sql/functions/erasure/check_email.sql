begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Raises ZB012 unless p_email can be a customer's: an e-mail address, and not the mark of one
-- that was erased.
create function bookingdb.check_email(p_email text)
returns void
language plpgsql
immutable
as $$
begin
  if bookingdb.is_email(p_email) is not true or lower(p_email) = 'erased@erased.invalid' then
    perform bookingdb.fail('ZB012', 'It must be the e-mail address of a customer.', 'p_email');
  end if;
end $$;
comment on function bookingdb.check_email is 'Raises ZB012 unless it can be the e-mail address of a customer.';

commit;
