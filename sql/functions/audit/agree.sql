begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- True when two rows as JSON agree in all columns that both of them have: a column that was
-- added or dropped since one of them was written makes no difference.
create function bookingdb.agree(p_one jsonb, p_other jsonb)
returns boolean
language plpgsql
immutable parallel safe
as $$
begin
  if p_one = p_other then
    return true;
  end if;
  return not exists (
    select
      from jsonb_each(p_one) o
     where p_other ? o.key
       and p_other -> o.key <> o.value);
end $$;
comment on function bookingdb.agree is 'True when two rows agree in all columns that both have.';

commit;
