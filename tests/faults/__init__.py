"""The fault harness: `python -m tests.faults --seed 1 --broker tansu --articles 1500 --rate 50`.

Numbered articles go in at a steady rate through `POST /articles` while a seeded list of faults hits the running
system: its processes, its store, its broker, its receivers and its input. When all has calmed down, every article,
observation, incident, alert and notification is accounted for. docs/reliability.md explains what is promised.
"""
