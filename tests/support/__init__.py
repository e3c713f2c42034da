"""Real parts for tests: brokers, databases, receivers and the processes of Marsad itself."""
