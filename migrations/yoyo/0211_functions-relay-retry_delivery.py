from bookingdb.migration import yoyo_change

__transactional__ = False
__depends__ = yoyo_change(__file__)
