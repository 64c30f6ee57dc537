/** Tools that are methods of the application: those that carry LangChain4j's {@code @Tool}. */
@NullMarked
package dev.interlock.langchain4j;

import org.jspecify.annotations.NullMarked;
