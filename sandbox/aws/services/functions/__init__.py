"""Lambda: moto keeps the functions; here their code runs, in child processes, on AWS's own runtime client."""
