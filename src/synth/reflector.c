/* The event of a plane reflector. */
#include <math.h>

#include "synth/model.h"

static const double PI = 3.14159265358979323846;

typedef struct vec3 {
    double x, y, z;
} vec3;

static double dot(vec3 a, vec3 b)
{
    return a.x * b.x + a.y * b.y + a.z * b.z;
}

static vec3 add_scaled(vec3 a, double f, vec3 b)
{
    return (vec3){a.x + f * b.x, a.y + f * b.y, a.z + f * b.z};
}

static double length(vec3 a)
{
    return sqrt(dot(a, a));
}

/* A plane: a point, two unit directions in it (down dip, and along strike) and the upward unit normal. */
typedef struct plane {
    vec3 point, dip, strike, up;
} plane;

static plane plane_of(const pstm_reflector *reflector)
{
    const double azimuth = reflector->dip_azimuth_deg * PI / 180.0, dip = reflector->dip_deg * PI / 180.0;
    const double sa = sin(azimuth), ca = cos(azimuth), sd = sin(dip), cd = cos(dip);
    return (plane){
        .point = {reflector->x_m, reflector->y_m, reflector->z_m},
        .dip = {sa * cd, ca * cd, sd},
        .strike = {ca, -sa, 0.0},
        .up = {sa * sd, ca * sd, -cd},
    };
}

/* Where the straight ray from s by the plane to r touches it, s and r both above it: the ray from the image
 * source to r, cut in proportion to the two distances from the plane. */
static vec3 straight_reflection_point(const plane *p, vec3 s, double above_s, vec3 r, double above_r)
{
    const vec3 image = add_scaled(s, -2.0 * above_s, p->up);
    const vec3 ray = add_scaled(r, -1.0, image);
    return add_scaled(image, above_s / (above_s + above_r), ray);
}

/* Time of a leg from the surface point a to p in v0 + k z, with its gradient and Hessian in p along the two
 * directions of the plane. With c = cosh(k t) = 1 + q R/V, q = k^2/(2 v0), R = |p - a|^2, V = v0 + k z. */
typedef struct expansion {
    double time, gradient[2], hessian[3]; /* hessian: 00, 01, 11 */
} expansion;

static void add_leg(const pstm_model *model, const plane *surface, vec3 a, vec3 p, expansion *sum)
{
    const double k = model->gradient, q = k * k / (2.0 * model->v0_m_s), V = model->v0_m_s + k * p.z;
    const vec3 d = add_scaled(p, -1.0, a), e[2] = {surface->dip, surface->strike};
    const double R = dot(d, d), u = q * R / V, s2 = u * (u + 2.0), s = sqrt(s2);
    double dc[2];
    for (int i = 0; i < 2; i++)
        dc[i] = q * (2.0 * dot(d, e[i]) / V - R * k * e[i].z / (V * V));
    int n = 0;
    for (int i = 0; i < 2; i++) {
        sum->gradient[i] += dc[i] / (fabs(k) * s);
        for (int j = i; j < 2; j++, n++) {
            const double ddc = q * (2.0 * dot(e[i], e[j]) / V -
                                    2.0 * k * (dot(d, e[i]) * e[j].z + dot(d, e[j]) * e[i].z) / (V * V) +
                                    2.0 * R * k * k * e[i].z * e[j].z / (V * V * V));
            sum->hessian[n] += (ddc - (1.0 + u) * dc[i] * dc[j] / s2) / (fabs(k) * s);
        }
    }
    sum->time += pstm_leg_time_s(model, hypot(d.x, d.y), p.z);
}

static expansion expand(const pstm_model *model, const plane *surface, vec3 s, vec3 r, vec3 p)
{
    expansion sum = {0};
    add_leg(model, surface, s, p, &sum);
    add_leg(model, surface, r, p, &sum);
    return sum;
}

/* The step in the plane that Newton's method takes, or down the gradient where the time is not convex. */
static vec3 newton_step(const plane *surface, const expansion *at, double scale_m)
{
    const double *g = at->gradient, *h = at->hessian;
    const double determinant = h[0] * h[2] - h[1] * h[1];
    double a, b;
    if (h[0] > 0.0 && determinant > 0.0) {
        a = -(h[2] * g[0] - h[1] * g[1]) / determinant;
        b = -(h[0] * g[1] - h[1] * g[0]) / determinant;
    } else {
        const double norm = hypot(g[0], g[1]);
        a = -scale_m * g[0] / norm;
        b = -scale_m * g[1] / norm;
    }
    const vec3 none = {0.0, 0.0, 0.0};
    return add_scaled(add_scaled(none, a, surface->dip), b, surface->strike);
}

/* The reflection point in v0 + k z: the least time over the plane, by Newton's method with halved steps from
 * the straight-ray point `p`. It stays below the surface. Newton's steps shrink quadratically: when the one
 * just taken was under 1e-5 of the depth the next would be under 1e-10, which moves no time by 1e-12 s. */
static vec3 least_time_point(const pstm_model *model, const plane *surface, vec3 s, vec3 r, vec3 p)
{
    enum { STEPS = 100, HALVINGS = 40 };
    expansion at = expand(model, surface, s, r, p);
    for (int i = 0; i < STEPS; i++) {
        const vec3 step = newton_step(surface, &at, 0.5 * p.z);
        double fraction = 1.0;
        bool lower = false;
        for (int halving = 0; halving < HALVINGS && !lower; halving++, fraction *= 0.5) {
            const vec3 q = add_scaled(p, fraction, step);
            if (q.z <= 0.0 || model->v0_m_s + model->gradient * q.z <= 0.0) continue;
            const expansion there = expand(model, surface, s, r, q);
            lower = there.time < at.time;
            if (lower) {
                p = q;
                at = there;
            }
        }
        /* No lower time to be found means the minimum to the last digit. */
        if (!lower || 2.0 * fraction * length(step) < 1e-5 * p.z) break;
    }
    return p;
}

/*
 * The path in a constant velocity that spreads as much as the ray from a source at the surface by a flat
 * reflector to a receiver at the surface, in v0 + k z. What goes off within sin(theta0) dtheta0 arrives on
 * x dx cos(theta0), so with p = dT/dx = sin(theta0)/v0
 *
 *   L^2 = x dx cos(theta0)/(sin(theta0) dtheta0) = (1 - p^2 v0^2) x/(p dp/dx)/v0^2
 *
 * where p and dp/dx come from the time of a leg, h = x/2 (add_leg() above): c = 1 + u, s = sinh(k t).
 */
static double spreading_path_m(const pstm_model *model, double z_m, double offset_m)
{
    const double v0 = model->v0_m_s, k = fabs(model->gradient), V = v0 + model->gradient * z_m;
    const double q = k * k / (2.0 * v0), h = 0.5 * offset_m, u = q * (h * h + z_m * z_m) / V;
    const double s2 = u * (u + 2.0), ks = k * sqrt(s2), du = 2.0 * q * h / V;
    const double p = du / ks, dp = 0.5 * (2.0 * q / V - (1.0 + u) * du * du / s2) / ks;
    return sqrt((1.0 - p * p * v0 * v0) * (V * ks / q) / dp) / v0;
}

/* What is left of a reflector's amplitude over straight legs of this length together. */
static double spread(const pstm_model *model, const pstm_reflector *reflector, double path_m, double offset_m)
{
    switch (model->spreading) {
    case PSTM_SPREADING_CORRECTED:
        return 1.0;
    case PSTM_SPREADING_RAW:
        if (model->gradient != 0.0) path_m = spreading_path_m(model, reflector->z_m, offset_m);
        return 1.0 / (4.0 * PI * path_m);
    default:
        return 2.0 * reflector->z_m / path_m;
    }
}

pstm_event pstm_reflector_event(const pstm_model *model, const pstm_reflector *reflector, double sx_m,
                                double sy_m, double rx_m, double ry_m)
{
    const plane surface = plane_of(reflector);
    const vec3 s = {sx_m, sy_m, 0.0}, r = {rx_m, ry_m, 0.0};
    const double above_s = dot(add_scaled(s, -1.0, surface.point), surface.up);
    const double above_r = dot(add_scaled(r, -1.0, surface.point), surface.up);
    const pstm_event none = {0.0, 0.0};
    if (!(above_s > 0.0 && above_r > 0.0)) return none;
    vec3 p = straight_reflection_point(&surface, s, above_s, r, above_r);
    if (model->gradient != 0.0 && model->background == PSTM_BACKGROUND_DEPTH && reflector->dip_deg > 0.0)
        p = least_time_point(model, &surface, s, r, p);
    const vec3 down = add_scaled(p, -1.0, s), up = add_scaled(p, -1.0, r);
    return (pstm_event){
        .time_s = pstm_leg_time_s(model, hypot(down.x, down.y), p.z) +
                  pstm_leg_time_s(model, hypot(up.x, up.y), p.z),
        .amplitude = reflector->amplitude *
                     spread(model, reflector, length(down) + length(up), length(add_scaled(s, -1.0, r))),
    };
}
