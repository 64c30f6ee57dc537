@NullMarked
package dev.interlock.bench.fire;

import org.jspecify.annotations.NullMarked;
