/** The engine, its store and its socket, on real files. */
@NullMarked
package dev.interlock.engine;

import org.jspecify.annotations.NullMarked;
