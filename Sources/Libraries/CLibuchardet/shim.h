#pragma once
#include <uchardet/uchardet.h>
// Swift's Glibc module leaves it out.
#include <iconv.h>
