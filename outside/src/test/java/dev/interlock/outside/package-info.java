/** Applications outside this build that use what it made. */
@NullMarked
package dev.interlock.outside;

import org.jspecify.annotations.NullMarked;
