/**
 * The pure core: what is decided is decided here. No I/O, clock, randomness, threads or logging.
 */
@NullMarked
package dev.interlock.core;

import org.jspecify.annotations.NullMarked;
