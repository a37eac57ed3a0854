#include "sk_kernel.h"
#include "sk_special_coefficients.h"

#include "sk_real64.h"
#include "sk_elementary.inc.h"
#include "sk_ellipk_body.inc.h"

#include "sk_real32.h"
#include "sk_elementary.inc.h"
#include "sk_ellipk_body.inc.h"
