// The page: a playground and a console, in views. Binds its parts together.

import { askView, bindAsking, startConversation } from "./ask.js";
import { bindDocuments, documentsView, startOver } from "./documents.js";
import { bindKnowledgeBase } from "./knowledge_base.js";
import { bindUploading } from "./uploading.js";
import { bindViews, reopen } from "./views.js";

bindAsking();
bindKnowledgeBase(() => {
  startConversation();
  startOver();
  reopen();
});
bindUploading();
bindDocuments();
bindViews({ ask: askView, documents: documentsView });
