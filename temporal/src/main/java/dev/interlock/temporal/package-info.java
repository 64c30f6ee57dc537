/** The engine for many machines: instances are workflows of a Temporal server. */
@NullMarked
package dev.interlock.temporal;

import org.jspecify.annotations.NullMarked;
