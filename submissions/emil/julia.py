import numpy

def julia(x, y, c, max_iter):
    result = numpy.zeros((len(y), len(x)), int)
    for i in range(len(y)):
        for j in range(len(x)):
            z = x[j] + 1j * y[i]
            while abs(z) <= 2:
                z = z ** 2 + c
                result[i, j] += 1
    # points that never leave
    result[result > max_iter] = max_iter
    return result
