/** What tests of machines and of adapters are written with. */
@NullMarked
package dev.interlock.testkit;

import org.jspecify.annotations.NullMarked;
