begin;
set local lock_timeout = '10s';
set local role bookingdb_owner;

-- The network of an address, as providers give them to one customer: /24, or /64 of IPv6.
create function bookingdb.network_of(p_address inet)
returns text
language sql
immutable
parallel safe
begin atomic
  select network(set_masklen(p_address, case family(p_address) when 4 then 24 else 64 end))::text;
end;
comment on function bookingdb.network_of is 'The network of an address: /24, or /64 of IPv6.';

commit;
