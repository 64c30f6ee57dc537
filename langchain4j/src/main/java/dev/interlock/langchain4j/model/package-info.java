/** The model port over LangChain4j's models: any model object, and OpenAI's wire format. */
@NullMarked
package dev.interlock.langchain4j.model;

import org.jspecify.annotations.NullMarked;
