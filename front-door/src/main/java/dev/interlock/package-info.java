/** The front door: what an application depends on. */
@NullMarked
package dev.interlock;

import org.jspecify.annotations.NullMarked;
