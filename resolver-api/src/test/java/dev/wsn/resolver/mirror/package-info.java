/** Tests of the mirrors. */
@NullMarked
package dev.wsn.resolver.mirror;

import org.jspecify.annotations.NullMarked;
