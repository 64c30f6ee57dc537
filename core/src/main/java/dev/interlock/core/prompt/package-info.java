/** What the model is asked, and the port to a model. */
@NullMarked
package dev.interlock.core.prompt;

import org.jspecify.annotations.NullMarked;
