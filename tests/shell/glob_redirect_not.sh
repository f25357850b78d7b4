cd . ; echo hi > 'f*'; ls; cat f\*
