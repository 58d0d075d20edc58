import numpy as np
import matplotlib.pyplot as plt


def bifurcation(r, x0, n_transient, n_keep):
    x = x0
    for i in range(n_transient):
        x = r * x * (1 - x)
    out = np.empty((n_keep, r.size))
    for i in range(n_keep):
        x = r * x * (1 - x)
        out[i] = x
    return out


R = np.linspace(2.4, 4.0, 1500)
X = bifurcation(R, np.random.rand(1500), 500, 100)

plt.figure(figsize=(9, 6))
plt.plot(np.tile(R, 100), X.ravel(), ',', alpha=0.3)
plt.xlabel('r')
plt.ylabel('x')
plt.show()

# evolution for some r
plt.figure()
for r in [2.8, 3.2, 3.5, 3.9]:
    plt.plot(bifurcation(np.array([r]), np.array([0.1]), 0, 60)[:, 0], label=f'r = {r}')
plt.xlabel('n')
plt.ylabel('x_n')
plt.legend()
plt.show()
