/** The engine, its store and its socket, on real files. */
@NullMarked
package dev.interlock.local;

import org.jspecify.annotations.NullMarked;
