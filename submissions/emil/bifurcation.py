import numpy

def step(r, x):
    return r * x - r * x * x

# now it is vectorized and works on whole arrays
step = numpy.vectorize(step, otypes=[float])

def bifurcation(r, x0, n_transient, n_keep):
    x = x0
    for i in range(n_transient):
        x = step(r, x)
    result = numpy.zeros((n_keep, len(r)))
    for i in range(n_keep):
        x = step(r, x)
        result[i] = x
    return result
