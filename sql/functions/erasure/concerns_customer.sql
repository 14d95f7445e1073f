begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- Whether two versions of a booking are about the customer with this e-mail: one of them has
-- it, or neither has any, as a hold without a name. p_email NULL: about anybody.
create function bookingdb.concerns_customer(p_old jsonb, p_new jsonb, p_email text)
returns boolean
language sql
immutable
begin atomic
  select p_email is null
      or coalesce(lower(p_old ->> 'customer_email') = lower(p_email), false)
      or coalesce(lower(p_new ->> 'customer_email') = lower(p_email), false)
      or num_nonnulls(p_old ->> 'customer_email', p_new ->> 'customer_email') = 0;
end;
comment on function bookingdb.concerns_customer is 'Whether two versions of a booking are about a customer.';

commit;
