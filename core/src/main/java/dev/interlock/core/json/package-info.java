/** JSON values, exact numbers and the canonical form. */
@NullMarked
package dev.interlock.core.json;

import org.jspecify.annotations.NullMarked;
