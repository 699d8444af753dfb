// The page: a playground and a console, in views. Binds its parts together.

import { askView, bindAsking, startConversation } from "./ask.js";
import { bindDocuments, documentsView, startOver } from "./documents.js";
import { bindGolden } from "./golden.js";
import { bindKeys, keysView } from "./keys.js";
import { bindKnowledgeBase } from "./knowledge_base.js";
import { unansweredView } from "./unanswered.js";
import { bindUploading } from "./uploading.js";
import { usageView } from "./usage.js";
import { bindViews, reopen } from "./views.js";

bindAsking();
bindKnowledgeBase(() => {
  startConversation();
  startOver();
  reopen();
});
bindUploading();
bindDocuments();
bindGolden();
bindKeys();
bindViews({ ask: askView, documents: documentsView, unanswered: unansweredView, usage: usageView, keys: keysView });
