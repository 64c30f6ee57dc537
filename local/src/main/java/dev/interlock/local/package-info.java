/** The durable engine for one process, on one SQLite file. */
@NullMarked
package dev.interlock.local;

import org.jspecify.annotations.NullMarked;
