"""`python -m bookingdb.cli`, where the program `bookingdb` is not on the path."""

from bookingdb.cli import main

main()
