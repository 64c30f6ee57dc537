/** What Interlock costs, measured beside what it is compared with. */
@NullMarked
package dev.interlock.bench;

import org.jspecify.annotations.NullMarked;
