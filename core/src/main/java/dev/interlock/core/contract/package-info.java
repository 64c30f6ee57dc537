/** What a state allows, records and requires, and how that is said to the model. */
@NullMarked
package dev.interlock.core.contract;

import org.jspecify.annotations.NullMarked;
