/** Does a store hold what its journals tell? */
@NullMarked
package dev.interlock.engine.verify;

import org.jspecify.annotations.NullMarked;
