"""How the processes run: sockets, workers, static pages. Knows no form and no answer."""
