/* Written by make_coefficients.py; do not edit. */
#ifndef SK_SPECIAL_COEFFICIENTS_H
#define SK_SPECIAL_COEFFICIENTS_H

/* degree 10, error 5.7e-20 */
SK_INLINE double sk_exp_tail_f64(double t)
{
    const double u = t * t;
    const double even = 0x1.555555555555cp-3 + u * (0x1.111111110ea6ep-7 + u * (0x1.a01a01b43a398p-13 + u * (0x1.71ddee52fced2p-19 + u * (0x1.af6f01673d670p-26))));
    const double odd = 0x1.555555555555ep-5 + u * (0x1.6c16c16c133b2p-10 + u * (0x1.a01a01b4d560cp-16 + u * (0x1.27e4be375bf7dp-22 + u * (0x1.1f9f56ae92bfdp-29))));
    return 0x1.0000000000000p-1 + t * (even + t * odd);
}

/* degree 7, error 1.7e-20 */
SK_INLINE double sk_log_tail_f64(double t)
{
    const double u = t * t;
    const double even = 0x1.9999999999e2fp-2 + u * (0x1.c71c725d534fdp-3 + u * (0x1.3b20e6afc19a3p-3 + u * (0x1.0f9278b1f1d25p-3)));
    const double odd = 0x1.24924924278f1p-2 + u * (0x1.745cdcdb4d471p-3 + u * (0x1.0f57937a9f38cp-3));
    return 0x1.5555555555555p-1 + t * (even + t * odd);
}

/* degree 7, error 2.2e-19 */
SK_INLINE double sk_sinc_tail_f64(double t)
{
    const double u = t * t;
    const double even = -0x1.9f9cb402bc401p-1 + u * (-0x1.ac6805cc1baedp-6 + u * (-0x1.37469ae63d63fp-13 + u * (-0x1.0729021a2dfa4p-22)));
    const double odd = 0x1.86a8e4720915dp-3 + u * (0x1.3381697e554f7p-9 + u * (0x1.d3e4d0ea4ce93p-18));
    return 0x1.a51a6625307d3p+0 + t * (even + t * odd);
}

/* degree 7, error 3.0e-19 */
SK_INLINE double sk_sin_tail_f64(double t)
{
    const double u = t * t;
    const double even = 0x1.11111111110b9p-7 + u * (0x1.71de3a524739ap-19 + u * (0x1.6123c266f0b23p-33 + u * (0x1.87e4dded91c14p-49)));
    const double odd = -0x1.a01a01a014055p-13 + u * (-0x1.ae6454aafac31p-26 + u * (-0x1.ae40b13b700dep-41));
    return -0x1.5555555555555p-3 + t * (even + t * odd);
}

/* degree 12, error 1.3e-19 */
SK_INLINE double sk_erf_ratio_f64(double t)
{
    const double u = t * t;
    const double even = -0x1.812746b0379e6p-2 + u * (-0x1.b82ce31284f49p-6 + u * (-0x1.c02db3db4d132p-11 + u * (-0x1.f4d1e43899920p-17 + u * (-0x1.5f1f418960ac1p-23 + u * (-0x1.38ac1ae9bb9b5p-30)))));
    const double odd = 0x1.ce2f21a042b34p-4 + u * (0x1.565bcd0dbdae6p-8 + u * (0x1.f9a321e50319ep-14 + u * (0x1.b9df307c56e7ep-20 + u * (0x1.f7b99ef456ed8p-27 + u * (0x1.062727c25a8b8p-34)))));
    return 0x1.06eba8214db69p-3 + t * (even + t * odd);
}

/* degree 22, error 6.3e-18 */
SK_INLINE double sk_erfc_ratio_f64(double t)
{
    const double u = t * t;
    const double even = 0x1.db71a780a218ap-2 + u * (0x1.a8a7f0873d91fp-6 + u * (-0x1.8b6e6336830abp-9 + u * (0x1.75aae87caab9ap-12 + u * (-0x1.81a908139696fp-15 + u * (0x1.5fd0edae0b93bp-18 + u * (-0x1.5bbe689065c7dp-23 + u * (-0x1.69e01001f9ff3p-23 + u * (0x1.1b89264aa1a9ap-24 + u * (-0x1.d380c71705821p-27 + u * (0x1.6ca058168c448p-30))))))))));
    const double odd = 0x1.4ba6c0dbd2cb9p-3 + u * (-0x1.69ea32c6e0f10p-8 + u * (0x1.57d1d77783225p-12 + u * (-0x1.c204a16e20e01p-15 + u * (0x1.cd78afdae710dp-17 + u * (-0x1.c873955bffe63p-19 + u * (0x1.7197628107099p-21 + u * (-0x1.8296b6c89a7a2p-24 + u * (-0x1.b80df81f859b6p-30 + u * (0x1.039181d666a10p-28 + u * (-0x1.51661bff930c0p-31))))))))));
    return 0x1.ca3e31c6b4478p-1 + t * (even + t * odd);
}

/* degree 9, error 1.9e-19 */
SK_INLINE double sk_stirling_f64(double t)
{
    const double u = t * t;
    const double even = -0x1.6c16c16c0b8ffp-9 + u * (-0x1.3813581aa0b38p-11 + u * (-0x1.f5052c112dfcep-10 + u * (-0x1.86eb7368d7ddep-6 + u * (-0x1.4b102e61b5e0cp-3))));
    const double odd = 0x1.a01a0160f0c19p-11 + u * (0x1.b94302c13e812p-11 + u * (0x1.94f8112ef67f1p-8 + u * (0x1.5150c83f0eba1p-4)));
    return 0x1.5555555555554p-4 + t * (even + t * odd);
}

/* degree 14, error 5.6e-19 */
SK_INLINE double sk_stirling_wide_f64(double t)
{
    const double u = t * t;
    const double even = -0x1.6c16c16c024a1p-9 + u * (-0x1.38135864bc07bp-11 + u * (-0x1.f5a3ad145c3ddp-10 + u * (-0x1.b3681dee28084p-6 + u * (-0x1.20c408453776ep-1 + u * (-0x1.9c8576dab83f7p+2 + u * (-0x1.1c411f6619699p+4))))));
    const double odd = 0x1.a01a014bf52d4p-11 + u * (0x1.b946792eea8ccp-11 + u * (0x1.9bd98cf6f4ab9p-8 + u * (0x1.0008f5df2996fp-3 + u * (0x1.152ec6beeef1dp+1 + u * (0x1.b26eb2bc76844p+3 + u * (0x1.590dae2071d9ap+3))))));
    return 0x1.5555555555552p-4 + t * (even + t * odd);
}

/* degree 14, error 9.2e-19 */
SK_INLINE double sk_i0_small_f64(double t)
{
    const double u = t * t;
    const double even = 0x1.ffffffffffff5p-7 + u * (0x1.c71c71c71abd1p-18 + u * (0x1.02e85c06e038dp-31 + u * (0x1.522a413c3bcf7p-47 + u * (0x1.55ff57e25d760p-64 + u * (0x1.40a8599e7ba3bp-82 + u * (0x1.10c19a05f411dp-101))))));
    const double odd = 0x1.c71c71c71c834p-12 + u * (0x1.23456789c4363p-24 + u * (0x1.522a441fe6200p-39 + u * (0x1.0b31531f1e282p-55 + u * (0x1.69e5bd97a541bp-73 + u * (0x1.f28da1a8bc5efp-92 + u * (0x1.1c722dda7acb7p-110))))));
    return 0x1.0000000000000p-2 + t * (even + t * odd);
}

/* degree 24, error 4.4e-18 */
SK_INLINE double sk_i0e_large_f64(double t)
{
    const double u = t * t;
    const double even = 0x1.b87969bb93b9cp-9 + u * (0x1.75e5ee711f6b7p-17 + u * (0x1.3f49a95e8d268p-22 + u * (0x1.51cdd8c7e8d25p-25 + u * (0x1.03a448ce9ddb8p-27 + u * (-0x1.ccff9cb2691d8p-27 + u * (0x1.043cb91ea04ccp-27 + u * (-0x1.e705c83ccd8b7p-29 + u * (0x1.adb09ee49c556p-30 + u * (-0x1.4b4618e3e067cp-31 + u * (0x1.6be089be690dep-33 + u * (-0x1.8c09c5d867c56p-36)))))))))));
    const double odd = 0x1.1daa72b5e2728p-13 + u * (0x1.8e513a795b1b4p-20 + u * (0x1.7d0f0a4a6402bp-24 + u * (0x1.7234dcb7fb6a9p-26 + u * (-0x1.cfe75663c8280p-28 + u * (-0x1.729664538bae5p-28 + u * (0x1.fc7d53e6f805ap-28 + u * (-0x1.95811c333d1c0p-28 + u * (0x1.ebebdccea917dp-29 + u * (-0x1.b1ae97d7503f3p-30 + u * (0x1.e510925083daep-32 + u * (-0x1.fc4dc268410b6p-35)))))))))));
    return 0x1.9bd428ad249a5p-2 + t * (even + t * odd);
}

/* degree 11, error 8.9e-19 */
SK_INLINE double sk_j0_small_f64(double t)
{
    const double u = t * t;
    const double even = -0x1.424e0f6ce465ep-9 + u * (-0x1.393745cda6e4dp-13 + u * (-0x1.b2142b8a30a42p-20 + u * (-0x1.7a66adc937a56p-28 + u * (-0x1.10bb9f831744ap-37 + u * (-0x1.7ded230a63212p-48)))));
    const double odd = 0x1.a2ea905336924p-11 + u * (0x1.34b83fa1eb84ep-16 + u * (0x1.cac0f49c6aa70p-24 + u * (0x1.f54fe4dbbb99ep-33 + u * (0x1.f0d2f30707327p-43))));
    return -0x1.e3a179d0cf846p-13 + t * (even + t * odd);
}

/* degree 18, error 3.0e-18 */
SK_INLINE double sk_j0_modulus_f64(double t)
{
    const double u = t * t;
    const double even = 0x1.13050dc5eadebp-3 + u * (0x1.dfc9269f79521p+2 + u * (0x1.d600aed1ed407p+11 + u * (0x1.88d1fc0fff21fp+22 + u * (0x1.a651495c7691bp+33 + u * (0x1.18a79e9dee7b9p+44 + u * (0x1.48892e3b46b08p+53 + u * (0x1.0949224564f8cp+61 + u * (0x1.7835395313b6dp+66))))))));
    const double odd = -0x1.661938ac7fec4p-1 + u * (-0x1.1117ced0845aap+7 + u * (-0x1.1440eae17d2b3p+17 + u * (-0x1.27bb70770759fp+28 + u * (-0x1.098f27b41e4e6p+39 + u * (-0x1.e2a8d8109ba5cp+48 + u * (-0x1.579c4332bf554p+57 + u * (-0x1.1c1ad02a501f6p+64 + u * (-0x1.cf646e02c8254p+67))))))));
    return -0x1.45f306dc9c0dap-4 + t * (even + t * odd);
}

/* degree 19, error 3.5e-19 */
SK_INLINE double sk_j0_phase_f64(double t)
{
    const double u = t * t;
    const double even = -0x1.ad3333122bb5cp-3 + u * (-0x1.7795a70a0a5fbp+4 + u * (-0x1.13c37605dd574p+14 + u * (-0x1.2c17c842efff5p+25 + u * (-0x1.89c8eabd621aep+36 + u * (-0x1.44a292c091b7fp+47 + u * (-0x1.f6f90fdc47835p+56 + u * (-0x1.2fde457d3ac78p+65 + u * (-0x1.b000671ba99b0p+71 + u * (-0x1.33ca0f191704ap+75)))))))));
    const double odd = 0x1.a35831d327e91p+0 + u * (0x1.0b8c6ad2ca08ep+9 + u * (0x1.770c649c90cf1p+19 + u * (0x1.f443291660d49p+30 + u * (0x1.12488d954f473p+42 + u * (0x1.3daf91d958958p+52 + u * (0x1.3b0abf9768338p+61 + u * (0x1.b232544605666p+68 + u * (0x1.0acf86f3615cbp+74))))))));
    return 0x1.0aaaaaaaa6276p-4 + t * (even + t * odd);
}

/* degree 7, error 1.1e-17 */
SK_INLINE double sk_gammaln_above_f64(double t)
{
    const double u = t * t;
    const double even = 0x1.6a8024784721bp+5 + u * (0x1.40229b165b849p+7 + u * (-0x1.2f051534ee28cp+6 + u * (-0x1.0593897ca4797p-1)));
    const double odd = 0x1.6e297b2772beep+7 + u * (-0x1.cbf698acf0518p+5 + u * (-0x1.c55d1539d7140p+3));
    return 0x1.08c0d0c57ccf0p+1 + t * (even + t * odd);
}

/* degree 7, error 1.1e-17 */
SK_INLINE double sk_gammaln_below_f64(double t)
{
    const double u = t * t;
    const double even = 0x1.6971fac3c3861p+5 + u * (0x1.de21b873aa1e2p+9 + u * (0x1.365f0768108ccp+8 + u * (0x1.144b6b731e2e6p+0)));
    const double odd = 0x1.7636b5777ff20p+8 + u * (0x1.bbe64ebfd3f79p+9 + u * (0x1.296e651408403p+5));
    return 0x1.0000000000000p+0 + t * (even + t * odd);
}

/* degree 9, error 1.3e-18 */
SK_INLINE double sk_ellipk_smooth_f64(double t)
{
    const double u = t * t;
    const double even = 0x1.fa05b22136e1fp-6 + u * (0x1.202c0e9c365e6p-7 + u * (0x1.cb8aad2fcffabp-8 + u * (0x1.007d1f39d211fp-7 + u * (0x1.0e0563cecbc4bp-13))));
    const double odd = 0x1.e97e2a29e8f1fp-7 + u * (0x1.983cbd3dadae7p-8 + u * (0x1.457e6c6da0ffap-7 + u * (0x1.1dbee3915cd96p-9)));
    return 0x1.8b90bfbea8fd1p-4 + t * (even + t * odd);
}

/* degree 9, error 1.3e-18 */
SK_INLINE double sk_ellipk_log_f64(double t)
{
    const double u = t * t;
    const double even = 0x1.1fffffe57d9c9p-4 + u * (0x1.322ff476d5794p-5 + u * (0x1.85ff81fb8e03bp-6 + u * (0x1.78b5a27a5bd91p-8 + u * (0x1.ca7232e313c34p-16))));
    const double odd = 0x1.8fffc5111de81p-5 + u * (0x1.ed34cdc700b5ap-6 + u * (0x1.f3a2db8d3b5d1p-7 + u * (0x1.c67e653705de9p-11)));
    return 0x1.fffffffffd2ebp-4 + t * (even + t * odd);
}

static const double sk_j0_squares_f64[4] = {0x1.721fb80462bbbp+2, 0x1.db60c816c15d3p-52, 0x1.e78a4a621dd6fp+4, -0x1.10d7c5048826bp-52};

static const double sk_quarter_pi_f64[3] = {0x1.921fb54400000p-1, 0x1.0b4611a600000p-35, 0x1.3198a2e037073p-70};

static const double sk_half_log_two_pi_f64[2] = {0x1.d67f1c864beb5p-1, -0x1.65b5a1b7ff5dfp-55};

static const double sk_two_over_pi_f64[2] = {0x1.45f306dc9c883p-1, -0x1.6b01ec5417056p-55};

static const double sk_log_four_f64[2] = {0x1.62e42fefa39efp+0, 0x1.abc9e3b39803fp-55};

/* degree 5, error 5.0e-11 */
SK_INLINE float sk_exp_tail_f32(float t)
{
    return 0x1.0000000000000p-1f + t * (0x1.5555560000000p-3f + t * (0x1.55547c0000000p-5f + t * (0x1.11108c0000000p-7f + t * (0x1.6d9aa00000000p-10f + t * (0x1.a1a47c0000000p-13f)))));
}

/* degree 3, error 9.8e-12 */
SK_INLINE float sk_log_tail_f32(float t)
{
    return 0x1.5555540000000p-1f + t * (0x1.999a7e0000000p-2f + t * (0x1.2437c00000000p-2f + t * (0x1.e322440000000p-3f)));
}

/* degree 4, error 1.9e-11 */
SK_INLINE float sk_sinc_tail_f32(float t)
{
    return 0x1.a51a660000000p+0f + t * (-0x1.9f9cae0000000p-1f + t * (0x1.86a7000000000p-3f + t * (-0x1.abedc80000000p-6f + t * (0x1.25793e0000000p-9f))));
}

/* degree 4, error 2.3e-11 */
SK_INLINE float sk_sin_tail_f32(float t)
{
    return -0x1.5555560000000p-3f + t * (0x1.11110c0000000p-7f + t * (-0x1.a017c80000000p-13f + t * (0x1.716db40000000p-19f + t * (-0x1.9a1e380000000p-26f))));
}

/* degree 6, error 1.2e-09 */
SK_INLINE float sk_erf_ratio_f32(float t)
{
    return 0x1.06eba80000000p-3f + t * (-0x1.81273e0000000p-2f + t * (0x1.ce2d200000000p-4f + t * (-0x1.b7fbb80000000p-6f + t * (0x1.541a000000000p-8f + t * (-0x1.a485ee0000000p-11f + t * (0x1.4ae4220000000p-14f))))));
}

/* degree 10, error 1.3e-09 */
SK_INLINE float sk_erfc_ratio_f32(float t)
{
    return 0x1.ca3e320000000p-1f + t * (0x1.db71a80000000p-2f + t * (0x1.4ba6c20000000p-3f + t * (0x1.a8a6740000000p-6f + t * (-0x1.69ead40000000p-8f + t * (-0x1.8b19700000000p-9f + t * (0x1.57af220000000p-12f + t * (0x1.6dc4720000000p-12f + t * (-0x1.b3cee80000000p-15f + t * (-0x1.2cdb940000000p-15f + t * (0x1.42c40c0000000p-17f))))))))));
}

/* degree 2, error 4.7e-10 */
SK_INLINE float sk_stirling_f32(float t)
{
    return 0x1.5555520000000p-4f + t * (-0x1.6bdba40000000p-9f + t * (0x1.8164f00000000p-11f));
}

/* degree 4, error 6.2e-11 */
SK_INLINE float sk_stirling_wide_f32(float t)
{
    return 0x1.5555540000000p-4f + t * (-0x1.6c10e60000000p-9f + t * (0x1.9d40f00000000p-11f + t * (-0x1.11f8bc0000000p-11f + t * (0x1.70f2320000000p-12f))));
}

/* degree 9, error 2.9e-10 */
SK_INLINE float sk_i0_small_f32(float t)
{
    return 0x1.0000000000000p-2f + t * (0x1.0000020000000p-6f + t * (0x1.c71c400000000p-12f + t * (0x1.c71ec80000000p-18f + t * (0x1.23364a0000000p-24f + t * (0x1.035b9e0000000p-31f + t * (0x1.4df51a0000000p-39f + t * (0x1.6a60aa0000000p-47f + t * (0x1.7115b40000000p-56f + t * (0x1.3f8e9c0000000p-63f)))))))));
}

/* degree 6, error 1.2e-09 */
SK_INLINE float sk_i0e_large_f32(float t)
{
    return 0x1.9bd4280000000p-2f + t * (0x1.b879880000000p-9f + t * (0x1.1dab2a0000000p-13f + t * (0x1.74e1be0000000p-17f + t * (0x1.8c1d0c0000000p-20f + t * (0x1.84e4d00000000p-22f + t * (0x1.d3dee20000000p-24f))))));
}

/* degree 7, error 7.8e-11 */
SK_INLINE float sk_j0_small_f32(float t)
{
    return -0x1.e3a17a0000000p-13f + t * (-0x1.424e100000000p-9f + t * (0x1.a2ea900000000p-11f + t * (-0x1.3937440000000p-13f + t * (0x1.34b7d00000000p-16f + t * (-0x1.b217ac0000000p-20f + t * (0x1.cbed300000000p-24f + t * (-0x1.77856e0000000p-28f)))))));
}

/* degree 4, error 9.3e-10 */
SK_INLINE float sk_j0_modulus_f32(float t)
{
    return -0x1.45f23c0000000p-4f + t * (0x1.12659e0000000p-3f + t * (-0x1.50ccf00000000p-1f + t * (0x1.2d3c020000000p+2f + t * (-0x1.6cd6ce0000000p+4f))));
}

/* degree 4, error 2.1e-10 */
SK_INLINE float sk_j0_phase_f32(float t)
{
    return 0x1.0aa63e0000000p-4f + t * (-0x1.aa529a0000000p-3f + t * (0x1.76f5fa0000000p+0f + t * (-0x1.8946020000000p+3f + t * (0x1.f1cbae0000000p+5f))));
}

/* degree 4, error 1.1e-10 */
SK_INLINE float sk_gammaln_above_f32(float t)
{
    return 0x1.9958fc0000000p+0f + t * (0x1.0f317c0000000p+3f + t * (0x1.def2e60000000p+0f + t * (-0x1.200ac20000000p+2f + t * (-0x1.66d5520000000p-1f))));
}

/* degree 4, error 1.1e-10 */
SK_INLINE float sk_gammaln_below_f32(float t)
{
    return 0x1.0000000000000p+0f + t * (0x1.009e3a0000000p+4f + t * (0x1.24354a0000000p+5f + t * (0x1.18889e0000000p+4f + t * (0x1.88aeae0000000p+0f))));
}

/* degree 4, error 1.2e-10 */
SK_INLINE float sk_ellipk_smooth_f32(float t)
{
    return 0x1.8b97f20000000p-4f + t * (0x1.0374ba0000000p-5f + t * (0x1.8da3500000000p-6f + t * (0x1.a4ecfa0000000p-6f + t * (0x1.9c1f400000000p-8f))));
}

/* degree 4, error 1.2e-10 */
SK_INLINE float sk_ellipk_log_f32(float t)
{
    return 0x1.fffef60000000p-4f + t * (0x1.1f31ba0000000p-4f + t * (0x1.6d948c0000000p-5f + t * (0x1.299b1e0000000p-6f + t * (0x1.c6c0ea0000000p-10f))));
}

static const float sk_j0_squares_f32[4] = {0x1.721fb80000000p+2f, 0x1.18aeee0000000p-28f, 0x1.e78a4a0000000p+4f, 0x1.88775c0000000p-22f};

static const float sk_quarter_pi_f32[3] = {0x1.9220000000000p-1f, -0x1.2ae0000000000p-19f, -0x1.de973e0000000p-32f};

static const float sk_half_log_two_pi_f32[2] = {0x1.d67f1c0000000p-1f, 0x1.0c97d60000000p-26f};

static const float sk_two_over_pi_f32[2] = {0x1.45f3060000000p-1f, 0x1.b939100000000p-26f};

static const float sk_log_four_f32[2] = {0x1.62e4300000000p+0f, -0x1.05c6100000000p-28f};

#endif
