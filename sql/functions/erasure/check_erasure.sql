begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Raises ZB012 for what erase_customer() does not take.
create function bookingdb.check_erasure(
  p_email text,
  p_reason text,
  p_open_bookings bookingdb.open_bookings,
  p_business_id uuid
)
returns void
language plpgsql
stable
as $$
begin
  perform bookingdb.get_business(p_business_id);
  perform bookingdb.check_email(p_email);
  if bookingdb.is_text(p_reason, 1000) is not true then
    perform bookingdb.fail('ZB012', 'It must not be blank or longer than 1000 characters.', 'p_reason');
  elsif position(lower(p_email) in lower(p_reason)) > 0 then
    perform bookingdb.fail('ZB012', 'It is kept, and so must not contain the e-mail.', 'p_reason');
  elsif p_open_bookings is null then
    perform bookingdb.fail('ZB012', 'It must be refuse, keep or cancel.', 'p_open_bookings');
  end if;
end $$;
comment on function bookingdb.check_erasure is 'Raises ZB012 for what erase_customer() does not take.';

commit;
