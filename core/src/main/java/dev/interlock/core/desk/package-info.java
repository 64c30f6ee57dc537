/** The port to where people look. */
@NullMarked
package dev.interlock.core.desk;

import org.jspecify.annotations.NullMarked;
