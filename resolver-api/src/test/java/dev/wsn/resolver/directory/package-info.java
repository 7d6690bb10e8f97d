/** Tests of the directory. */
@NullMarked
package dev.wsn.resolver.directory;

import org.jspecify.annotations.NullMarked;
