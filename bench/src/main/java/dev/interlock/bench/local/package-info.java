/** What the local engine costs, measured beside a limit or a peer. */
@NullMarked
package dev.interlock.bench.local;

import org.jspecify.annotations.NullMarked;
