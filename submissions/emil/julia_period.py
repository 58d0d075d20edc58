import numpy

def point(z, c, max_iter, max_period, tol):
    for i in range(max_iter):
        if abs(z) > 2:
            return 0
        z = z * z + c
    if abs(z) > 2:
        return 0
    z0 = z
    for p in range(1, max_period + 1):
        z = z * z + c
        if abs(z) > 2:
            break
        if abs(z - z0) <= tol:
            return p
    return max_period + 1

def julia_period(x, y, c, max_iter, max_period, tol):
    picture = numpy.empty((0, len(x)), int)
    for b in y:
        row = numpy.array([], int)
        for a in x:
            row = numpy.append(row, point(complex(a, b), c, max_iter, max_period, tol))
        picture = numpy.append(picture, [row], axis=0)
    return picture
