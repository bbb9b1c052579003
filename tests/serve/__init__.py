"""`kinbridge serve` as families and operators meet it: real processes, real HTTP, real trouble."""
